// The function of the runtime tests in Node.js: does what the event asks for (tests/runtimes/README.md).
'use strict';

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

exports.handler = async (event) => {
    switch (event && event.do) {
        case 'fail':
            throw new TypeError(event.message || 'asked to fail');
        case 'sleep':
            await pause(event.ms);
            return 'slept';
        case 'big':
            return 'x'.repeat(event.bytes);
        case 'exit':
            process.exit(3);
        default:
            return event;
    }
};

exports.stream = awslambda.streamifyResponse(async (event, out) => {
    if (event.do === 'stream-http') {
        out = awslambda.HttpResponseStream.from(out, { statusCode: 207, headers: { 'x-from': 'node' } });
    }
    for (let i = 0; i < (event.chunks || 1); i++) {
        if (!out.write('y'.repeat(event.bytes || 1))) await new Promise((go) => out.once('drain', go));
        if (event.gap_ms) await pause(event.gap_ms);
    }
    if (event.do === 'stream-fail') throw new RangeError('asked to fail in the middle');
    out.end();
    await out.finished?.();
});
