//! The function of the runtime tests in Rust: does what the event asks for (tests/runtimes/README.md).
use futures_util::{stream, Stream, StreamExt};
use lambda_runtime::streaming::Response;
use lambda_runtime::{run, service_fn, Error, FunctionResponse, LambdaEvent};
use serde_json::Value;
use std::{pin::Pin, time::Duration};

type Pieces = Pin<Box<dyn Stream<Item = Result<Vec<u8>, Error>> + Send>>;

async fn pause(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

/// Each piece is made when the client asks for it, so that back-pressure reaches this far.
fn pieces(order: Value) -> Pieces {
    let number = |name: &str, otherwise| order[name].as_u64().unwrap_or(otherwise);
    let (chunks, bytes, gap_ms) = (number("chunks", 1), number("bytes", 1) as usize, number("gap_ms", 0));
    let good = stream::iter(0..chunks).then(move |i| async move {
        if i > 0 {
            pause(gap_ms).await;
        }
        Ok(vec![b'y'; bytes])
    });
    let broken = (order["do"] == "stream-fail").then(|| Err(Error::from("asked to fail in the middle")));
    Box::pin(good.chain(stream::iter(broken)))
}

async fn handle(event: LambdaEvent<Value>) -> Result<FunctionResponse<Value, Pieces>, Error> {
    let order = event.payload;
    let answer = match order["do"].as_str().unwrap_or("echo") {
        "fail" => return Err(order["message"].as_str().unwrap_or("asked to fail").into()),
        "sleep" => {
            pause(order["ms"].as_u64().unwrap_or(0)).await;
            Value::from("slept")
        }
        "big" => Value::from("x".repeat(order["bytes"].as_u64().unwrap_or(0) as usize)),
        "exit" => std::process::exit(3),
        "stream" | "stream-fail" => return Ok(FunctionResponse::StreamingResponse(Response::from(pieces(order)))),
        _ => order,
    };
    Ok(FunctionResponse::BufferedResponse(answer))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(handle)).await
}
