package io.skerry.server.peer;

import io.skerry.server.life.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// What the nodes of a cluster know and nobody else does.
public final class PeerSecret {

    private static final String SCHEME = "Bearer ";
    private static final int RANDOM_BYTES = 32;

    private final String text;

    private PeerSecret(String text) {
        this.text = text;
    }

    /// The secret in `file`, which is made if it is not there.
    public static PeerSecret in(Path file) throws IOException {
        if (!Files.exists(file)) {
            byte[] random = new byte[RANDOM_BYTES];
            new SecureRandom().nextBytes(random);
            PrivateFiles.write(file, HexFormat.of().formatHex(random) + "\n");
        }
        return new PeerSecret(Files.readString(file).strip());
    }

    /// The value of the `Authorization` header that a node sends.
    String header() {
        return SCHEME + text;
    }

    /// Takes as long for a wrong guess as for a nearly right one.
    boolean matches(@Nullable String header) {
        return header != null
                && MessageDigest.isEqual(
                        header.getBytes(StandardCharsets.UTF_8), header().getBytes(StandardCharsets.UTF_8));
    }

    /// Another secret of the cluster, which does not tell this one.
    ///
    /// @param purpose what it is for; the same for all nodes
    public String derived(String purpose) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(text.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    @Override
    public String toString() {
        return "[secret]";
    }
}
