package io.skerry.server.tls;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A certificate that a server shows, those between it and its authority, and its key.
///
/// @param chain the server's own first
record ServerCertificate(List<X509Certificate> chain, PrivateKey key) {

    /// Those of files are read by their owner alone, and perhaps by its group.
    private static final Set<PosixFilePermission> OF_OTHERS = EnumSet.of(
            PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE, PosixFilePermission.GROUP_WRITE);

    private static final int PROOF_BYTES = 32;

    ServerCertificate {
        chain = List.copyOf(chain);
    }

    /// Both parts of the key pair that `certificate` and `key` hold, which fit each other and are good at `now`.
    ///
    /// @throws IOException with a sentence that says which file is what
    static ServerCertificate parse(Path certificate, byte[] certificateBytes, Path key, byte[] keyBytes, Instant now)
            throws IOException {
        List<X509Certificate> chain = Pem.certificates(certificate, certificateBytes);
        X509Certificate own = chain.getFirst();
        try {
            own.checkValidity(Date.from(now));
        } catch (CertificateNotYetValidException e) {
            throw new IOException(
                    "the certificate in " + certificate + " is not valid before "
                            + own.getNotBefore().toInstant(),
                    e);
        } catch (CertificateException e) {
            throw new IOException(
                    "the certificate in " + certificate + " has expired on "
                            + own.getNotAfter().toInstant(),
                    e);
        }
        PrivateKey secret = Pem.key(key, keyBytes, own.getPublicKey().getAlgorithm());
        if (!belongTogether(own, secret)) {
            throw new IOException("the private key in " + key + " is not that of the certificate in " + certificate);
        }
        return new ServerCertificate(chain, secret);
    }

    /// Whether others than its owner can read the file, or its group can replace it.
    static boolean isOpenToOthers(Path file) throws IOException {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                && Files.getPosixFilePermissions(file).stream().anyMatch(OF_OTHERS::contains);
    }

    private static boolean belongTogether(X509Certificate certificate, PrivateKey key) {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
        try {
            byte[] proof = new byte[PROOF_BYTES];
            new SecureRandom().nextBytes(proof);
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(proof);
            byte[] signature = signer.sign();
            signer.initVerify(certificate.getPublicKey());
            signer.update(proof);
            return signer.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    Instant end() {
        return chain.getFirst().getNotAfter().toInstant();
    }

    /// What shows it to clients.
    SSLContext context() throws IOException {
        try {
            // The store never leaves memory: its password protects nothing.
            char[] password = new char[0];
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, password);
            store.setKeyEntry("server", key, password, chain.toArray(Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, password);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate cannot be used for TLS: " + e.getMessage(), e);
        }
    }
}
