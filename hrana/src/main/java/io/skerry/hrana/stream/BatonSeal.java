package io.skerry.hrana.stream;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Makes and checks batons: 16 bytes of stream and sequence, sealed by an HMAC-SHA256 whose key lives as long as this
/// object, in unpadded base64. Nobody can guess one, and those of an earlier process are void. Thread-safe.
final class BatonSeal {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int PAYLOAD = 2 * Long.BYTES;
    private static final int LENGTH = PAYLOAD + 32;

    private final Mac keyed;

    BatonSeal() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        try {
            keyed = Mac.getInstance(ALGORITHM);
            keyed.init(new SecretKeySpec(key, ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    record Baton(long stream, long sequence) {}

    String seal(Baton baton) {
        byte[] payload = ByteBuffer.allocate(PAYLOAD)
                .putLong(baton.stream())
                .putLong(baton.sequence())
                .array();
        byte[] sealed = Arrays.copyOf(payload, LENGTH);
        System.arraycopy(mac(payload), 0, sealed, PAYLOAD, LENGTH - PAYLOAD);
        return Base64.getEncoder().withoutPadding().encodeToString(sealed);
    }

    /// Null if this seal did not make the text.
    @Nullable
    Baton open(String text) {
        byte[] sealed;
        try {
            sealed = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
        if (sealed.length != LENGTH) {
            return null;
        }
        byte[] mac = mac(Arrays.copyOf(sealed, PAYLOAD));
        // Constant in time: the seal must not be guessed byte by byte.
        if (!MessageDigest.isEqual(mac, Arrays.copyOfRange(sealed, PAYLOAD, LENGTH))) {
            return null;
        }
        ByteBuffer payload = ByteBuffer.wrap(sealed);
        return new Baton(payload.getLong(), payload.getLong());
    }

    private byte[] mac(byte[] payload) {
        try {
            return ((Mac) keyed.clone()).doFinal(payload);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's own HMAC can be cloned", e);
        }
    }
}
