package io.skerry.engine.dump;

/// Told now and then how far the loading of a dump is.
@FunctionalInterface
public interface DumpProgress {

    /// Called on the thread that loads, also from within SQLite: must not block, nor throw.
    ///
    /// @param bytes of the dump whose statements have run
    /// @return whether to go on
    boolean at(long bytes);
}
