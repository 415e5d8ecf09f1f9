package io.skerry.raft;

import java.util.concurrent.locks.LockSupport;

/// Holds a copy to a rate, so that writers keep the disk and the processor that they need. One thread.
final class Pace {

    private final double nanosPerByte;
    private final long start = System.nanoTime();
    private long bytes;

    /// @param bytesPerSecond positive
    Pace(long bytesPerSecond) {
        nanosPerByte = 1e9 / bytesPerSecond;
    }

    /// Notes that so many bytes were copied, and sleeps until they may have been.
    void spent(long more) {
        bytes += more;
        for (long early = due(); early > 0; early = due()) {
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            LockSupport.parkNanos(early);
        }
    }

    private long due() {
        return start + (long) (bytes * nanosPerByte) - System.nanoTime();
    }
}
