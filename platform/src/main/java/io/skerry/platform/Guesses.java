package io.skerry.platform;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// Counts the wrong tokens of each address within a minute. Thread-safe.
final class Guesses {

    private static final int ADDRESSES_MAX = 10_000;
    private static final Duration WINDOW = Duration.ofMinutes(1);

    /// One network has so much of an IPv6 address to itself, and may change the rest at will.
    private static final int IPV6_NETWORK_BYTES = 8;

    private final int perMinute;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Recent<String, Window> windows = new Recent<>(ADDRESSES_MAX);

    /// @param nanos a clock that only goes forward
    Guesses(int perMinute, LongSupplier nanos) {
        this.perMinute = perMinute;
        this.nanos = nanos;
    }

    /// @return how long nothing more is heard from the address; empty if it may go on
    Optional<Duration> blocked(String address) {
        long now = nanos.getAsLong();
        lock.lock();
        try {
            Window window = windows.get(network(address));
            if (window == null || window.wrong < perMinute || window.isOver(now)) {
                return Optional.empty();
            }
            return Optional.of(WINDOW.minusNanos(now - window.start));
        } finally {
            lock.unlock();
        }
    }

    void wrong(String address) {
        long now = nanos.getAsLong();
        lock.lock();
        try {
            windows.merge(
                    network(address),
                    new Window(now, 1),
                    (old, fresh) -> old.isOver(now) ? fresh : new Window(old.start, old.wrong + 1));
        } finally {
            lock.unlock();
        }
    }

    private static String network(String address) {
        try {
            if (InetAddress.ofLiteral(address) instanceof Inet6Address v6) {
                return Arrays.toString(Arrays.copyOf(v6.getAddress(), IPV6_NETWORK_BYTES));
            }
        } catch (IllegalArgumentException e) {
            // A name instead of an address is as good a key.
        }
        return address;
    }

    private record Window(long start, int wrong) {

        boolean isOver(long now) {
            return now - start >= WINDOW.toNanos();
        }
    }
}
