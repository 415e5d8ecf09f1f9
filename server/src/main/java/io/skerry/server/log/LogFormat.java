package io.skerry.server.log;

/// How a line of the log is written.
public enum LogFormat {
    /// `2026-01-02T03:04:05.678Z INFO  io.skerry.server.Node "message" key=value`
    TEXT,
    /// One JSON object a line.
    JSON
}
