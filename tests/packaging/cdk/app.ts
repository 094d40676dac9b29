// An app that attaches nightjar as packaging/cdk/nightjar.ts says; check.py looks at what it makes of it.
import { App, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Nightjar } from './nightjar';

const app = new App({ outdir: process.argv[3] });
const stack = new Stack(app, 'Sample');
const nightjar = new Nightjar(stack, 'Nightjar', { archive: process.argv[2]! });
const fn = new lambda.Function(stack, 'Function', {
  runtime: lambda.Runtime.PYTHON_3_12,
  handler: 'app.handler',
  code: lambda.Code.fromInline('def handler(event, context): return {}'),
});
nightjar.attachTo(fn, { sink: 'https://logs.example.com/in', capture: 'metadata', settings: { NIGHTJAR_FLUSH: 'end' } });
app.synth();
