package io.skerry.catalog.password;

import static io.skerry.catalog.CatalogException.Reason.BUSY;
import static io.skerry.catalog.CatalogException.Reason.INVALID;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import io.skerry.catalog.CatalogException;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Hashes passwords with bcrypt, and compares. Slow on purpose, so few do it at once: strangers can ask for it.
/// Thread-safe.
public final class PasswordHasher {

    public static final int CHARACTERS_MIN = 8;

    /// In UTF-8. Bcrypt does not look at what follows, so two passwords that differ there would be one.
    public static final int BYTES_MAX = 72;

    private static final BCrypt.Version VERSION = BCrypt.Version.VERSION_2B;

    /// Each step doubles the time.
    private static final int COST = 11;

    /// As slow to compare with as any other.
    private static final String NOBODYS = "$2b$" + COST + "$" + ".".repeat(53);

    private static final int AT_ONCE = 2;
    private static final Duration TURN_MAX = Duration.ofSeconds(5);

    private final Semaphore turns;
    private final Duration turnMax;

    public PasswordHasher() {
        this(AT_ONCE, TURN_MAX);
    }

    /// @param atOnce how many passwords
    /// @param turnMax the longest wait for a turn
    PasswordHasher(int atOnce, Duration turnMax) {
        this.turns = new Semaphore(atOnce, true);
        this.turnMax = turnMax;
    }

    /// @throws CatalogException INVALID if it is too short or too long; BUSY
    public String hash(String password) {
        check(password);
        return inTurn(() -> bcrypt(password));
    }

    /// Takes as long for an account that is not there, or has no password, as for any other.
    ///
    /// @param hash null if there is none: then nothing matches
    /// @throws CatalogException BUSY
    public boolean matches(String password, @Nullable String hash) {
        boolean possible = hash != null && bytes(password).length <= BYTES_MAX;
        byte[] tried = possible ? bytes(password) : bytes("another password");
        byte[] known = (possible && hash != null ? hash : NOBODYS).getBytes(StandardCharsets.US_ASCII);
        return inTurn(() ->
                        BCrypt.verifyer(VERSION, LongPasswordStrategies.none()).verify(tried, known).verified)
                && possible;
    }

    /// @throws CatalogException INVALID, with what is wrong
    public static void check(String password) {
        if (password.codePointCount(0, password.length()) < CHARACTERS_MIN) {
            throw new CatalogException(
                    INVALID, "the password is too short: it needs at least " + CHARACTERS_MIN + " characters");
        }
        if (bytes(password).length > BYTES_MAX) {
            throw new CatalogException(
                    INVALID,
                    "the password is too long: it may have " + BYTES_MAX + " bytes, which is as many letters without"
                            + " accents");
        }
    }

    private <T> T inTurn(Supplier<T> work) {
        try {
            if (!turns.tryAcquire(turnMax.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new CatalogException(BUSY, "too many passwords are being compared: try again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException(Code.UNAVAILABLE, "the node is stopping");
        }
        try {
            return work.get();
        } finally {
            turns.release();
        }
    }

    private static String bcrypt(String password) {
        byte[] hash = BCrypt.with(VERSION, LongPasswordStrategies.none()).hash(COST, bytes(password));
        return new String(hash, StandardCharsets.US_ASCII);
    }

    private static byte[] bytes(String password) {
        return password.getBytes(StandardCharsets.UTF_8);
    }
}
