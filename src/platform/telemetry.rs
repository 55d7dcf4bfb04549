//! Logs and metrics of this process.

use std::io::{self, Write};
use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::{Log, LogFormat};

/// Upper bounds of the buckets of every duration, in seconds.
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Why logs cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is not one.
    #[error("log.filter \"{0}\" cannot be read: {1}")]
    Filter(String, tracing_subscriber::filter::ParseError),
}

/// Writes logs to standard error from now on; panics become log lines too.
pub fn init(settings: &Log) -> Result<(), TelemetryError> {
    let filter = EnvFilter::try_new(&settings.filter)
        .map_err(|error| TelemetryError::Filter(settings.filter.clone(), error))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(OneLine).with_ansi(false);
    // Fails only if logs are set up already, as in tests.
    match settings.format {
        LogFormat::Text => builder.try_init().ok(),
        LogFormat::Json => {
            builder.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init().ok()
        }
    };
    std::panic::set_hook(Box::new(|panic| {
        tracing::error!(error = %panic, "panic");
    }));
    Ok(())
}

/// The metrics of this process; the first call starts collecting them.
pub fn metrics() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("seconds".to_owned()), SECONDS)
            .unwrap_or_default()
            .build_recorder();
        let handle = recorder.handle();
        // Fails only if somebody else collects; then ours stay empty.
        metrics::set_global_recorder(recorder).ok();
        handle
    })
}

/// Writes each event as one line, whatever was put into it: nobody forges a line or moves a terminal's cursor.
struct OneLine;

impl<'a> MakeWriter<'a> for OneLine {
    type Writer = Escaped<io::StderrLock<'static>>;

    fn make_writer(&'a self) -> Self::Writer {
        Escaped(io::stderr().lock())
    }
}

struct Escaped<W>(W);

impl<W: Write> Write for Escaped<W> {
    /// The subscriber writes an event with its end of line in one piece.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let mut safe = String::with_capacity(line.len() + 1);
        for c in line.chars() {
            if c.is_control() || is_separator(c) {
                safe.extend(c.escape_default());
            } else {
                safe.push(c);
            }
        }
        safe.push('\n');
        self.0.write_all(safe.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Unicode's own ends of lines and turns of direction.
fn is_separator(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line() {
        let mut written = Escaped(Vec::new());
        written.write_all("name=a\r\nERROR forged\u{1b}[2J\u{2028}x é\n".as_bytes()).unwrap();
        let text = String::from_utf8(written.0).unwrap();
        assert_eq!(text, "name=a\\r\\nERROR forged\\u{1b}[2J\\u{2028}x é\n");
    }
}
