//! Drives the simulator with nightjar as its extension and a function behind nightjar's proxy; simulator.py judges what it writes.
//!
//! Arguments: the wrapper, nightjar, the function, the file of events (one JSON a line), the file to write.
use lambda_simulator::process::{ManagedProcess, ProcessConfig, ProcessRole};
use lambda_simulator::{FreezeMode, ShutdownReason, Simulator};
use serde_json::{json, Value};
use std::error::Error;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(10);
const FROZEN: Duration = Duration::from_millis(30);

/// The letter of /proc/PID/stat: T is stopped.  The name before it may hold anything, even brackets.
fn state_of(process: &ManagedProcess) -> String {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.pid())).unwrap_or_default();
    stat.rsplit(") ").next().unwrap_or_default().chars().take(1).collect()
}

async fn run(args: &[String]) -> Result<Value, Box<dyn Error>> {
    let [wrapper, nightjar, function, events, _] = args else {
        return Err("wrong number of arguments".into());
    };
    let simulator = Simulator::builder()
        .function_name("judged")
        .memory_size_mb(256)
        .freeze_mode(FreezeMode::Process)
        .extension_ready_timeout(PATIENCE)
        .shutdown_timeout(Duration::from_secs(2))
        .build()
        .await?;
    simulator.enable_telemetry_capture().await;
    let mut extension = simulator.spawn_process_with_config(ProcessConfig::new(nightjar, ProcessRole::Extension))?;
    simulator.wait_for(|| async { simulator.extension_count().await == 1 }, PATIENCE).await?;
    let runtime = simulator.spawn_process_with_config(ProcessConfig::new(wrapper, ProcessRole::Runtime).arg(function))?;

    let mut invocations = Vec::new();
    for line in std::fs::read_to_string(events)?.lines() {
        let id = simulator.enqueue_payload(serde_json::from_str(line)?).await;
        let state = simulator.wait_for_invocation_complete(&id, PATIENCE).await?;
        let answered = Instant::now();
        let ready = simulator.wait_for_extensions_ready(&id, PATIENCE).await.is_ok();
        let frozen = simulator.wait_for_frozen(PATIENCE).await.is_ok();
        let overhead = answered.elapsed();
        tokio::time::sleep(FROZEN).await;
        invocations.push(json!({
            "id": id,
            "status": format!("{:?}", state.status),
            "response": state.response.map(|r| r.payload),
            "error": state.error.map(|e| e.error_type),
            "ready": ready,
            "frozen": frozen,
            "states": [state_of(&extension), state_of(&runtime)],
            "overhead_ms": overhead.as_secs_f64() * 1000.0,
        }));
    }
    let extensions: Vec<Value> = simulator
        .get_registered_extensions()
        .await
        .iter()
        .map(|e| json!({"name": e.name, "events": format!("{:?}", e.events)}))
        .collect();
    let telemetry: Vec<String> = simulator.get_telemetry_events().await.into_iter().map(|e| e.event_type).collect();
    simulator.graceful_shutdown(ShutdownReason::Spindown).await;
    let end = Instant::now() + PATIENCE;
    let mut left = None;
    while left.is_none() && Instant::now() < end {
        left = extension.try_wait()?;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(json!({
        "invocations": invocations,
        "extensions": extensions,
        "telemetry": telemetry,
        "left": left.and_then(|status| status.code()),
    }))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let report = run(&args).await?;
    std::fs::write(&args[4], serde_json::to_string_pretty(&report)?)?;
    Ok(())
}
