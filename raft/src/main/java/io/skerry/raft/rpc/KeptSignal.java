package io.skerry.raft.rpc;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.util.AwaitForSignal;
import org.jspecify.annotations.Nullable;

/// A signal that is not lost when nobody waits for it: the next wait ends at once. That of Ratis is lost if it comes
/// while the waiting thread is on its way to wait.
///
/// Any thread signals, one waits. A wait may first let a pace pass: then signals wake nobody, and cost nothing.
final class KeptSignal extends AwaitForSignal {

    private volatile boolean signalled;
    private volatile @Nullable Thread waiting;

    KeptSignal(String name) {
        super(name);
    }

    @Override
    public void signal() {
        if (!signalled) {
            signalled = true;
            Thread waiter = waiting;
            if (waiter != null) {
                LockSupport.unpark(waiter);
            }
        }
    }

    /// Waits until a signal came since the last wait ended, or the time is over.
    ///
    /// @return whether a signal came
    @Override
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        long deadline = System.nanoTime() + unit.toNanos(time);
        waiting = Thread.currentThread();
        try {
            for (long left = unit.toNanos(time); !signalled && left > 0; left = deadline - System.nanoTime()) {
                LockSupport.parkNanos(this, left);
                interrupted();
            }
        } finally {
            waiting = null;
        }
        boolean came = signalled;
        // Before the caller looks at what the signal told of: what is told from now on is a signal for the next wait.
        signalled = false;
        return came;
    }

    @Override
    public void await() throws InterruptedException {
        while (!await(1, TimeUnit.DAYS)) {
            interrupted();
        }
    }

    /// Sleeps until `nanoTime`, whatever is signalled meanwhile.
    static void pause(long nanoTime) throws InterruptedException {
        for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(left);
            interrupted();
        }
    }

    private static void interrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }
}
