package io.skerry.server.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Certificates and private keys as text (RFC 7468). Each failure is one sentence that names the file.
final class Pem {

    static final String CERTIFICATE = "CERTIFICATE";
    static final String PRIVATE_KEY = "PRIVATE KEY";

    /// A file of several certificates is some ten kilobytes long.
    private static final int BYTES_MAX = 1 << 20;

    private static final Pattern KEY = Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----([^-]*)-----END \\1-----");

    private Pem() {}

    /// @throws IOException if there is no such file, it cannot be read, or it is none of these
    static byte[] bytes(Path file) throws IOException {
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw new IOException(file + " is too large for a PEM file");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + file, e);
        } catch (AccessDeniedException e) {
            throw new IOException(file + " may not be read by this process", e);
        }
    }

    /// The certificates in `content`, in their order; at least one.
    ///
    /// @param file whose content it is
    static List<X509Certificate> certificates(Path file, byte[] content) throws IOException {
        try {
            List<X509Certificate> all =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(content))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (!all.isEmpty()) {
                return all;
            }
        } catch (CertificateException e) {
            throw new IOException("the certificates in " + file + " cannot be read (PEM)", e);
        }
        throw new IOException("no certificates in " + file + " (PEM, `-----BEGIN CERTIFICATE-----`)");
    }

    /// The private key in `content`.
    ///
    /// @param algorithm of the public key that belongs to it
    static PrivateKey key(Path file, byte[] content, String algorithm) throws IOException {
        Matcher block = KEY.matcher(new String(content, StandardCharsets.ISO_8859_1));
        if (!block.find()) {
            throw new IOException(file + " holds no private key (PEM, `-----BEGIN PRIVATE KEY-----`)");
        }
        if (!block.group(1).equals(PRIVATE_KEY)) {
            throw new IOException(file + " holds a private key of another form than PKCS #8 without a password;"
                    + " `openssl pkcs8 -topk8 -nocrypt` makes that of it");
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(block.group(2));
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            // Without the cause: nothing of a key must reach a log.
            throw new IOException(file + " holds no private key that fits a certificate for " + algorithm);
        }
    }

    static String text(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + label + "-----\n";
    }
}
