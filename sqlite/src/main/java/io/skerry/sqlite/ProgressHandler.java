package io.skerry.sqlite;

/// Asked now and then while a statement runs whether it may go on. Must not use the connection. If it throws,
/// the statement is interrupted and the exception is the cause of the statement's.
@FunctionalInterface
public interface ProgressHandler {

    /// @return false to end the statement with SQLITE_INTERRUPT
    boolean proceed();
}
