package io.skerry.server.tls;

import io.skerry.engine.file.FileTree;
import io.skerry.server.life.PrivateFiles;
import io.skerry.server.life.StartException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A certificate authority of a data directory, and a certificate of it for the names of this machine's loopback
/// interface: files that are readable by their owner only, kept, and made anew before they end. Whoever trusts the
/// authority trusts it for these names alone: it is constrained to them (RFC 5280, 4.2.1.10).
///
/// @param authority PEM, for clients to trust
/// @param certificate PEM, for the server to show
/// @param key PEM, of the certificate
public record DevCertificates(Path authority, Path certificate, Path key) {

    /// Where the authority's certificate is, in the directory.
    public static final String AUTHORITY_FILE = "ca.pem";

    private static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);
    /// Apple's clients take no more than 825 days, and no more than 398 from authorities that they know.
    private static final Duration CERTIFICATE_LIFE = Duration.ofDays(397);
    private static final Duration RENEW_BEFORE_END = Duration.ofDays(60);

    private static final String AUTHORITY = "ca";
    private static final String SERVER = "server";

    /// Permitted: the names `localhost` and below, the addresses 127.0.0.0/8 and ::1. The value of the extension in
    /// DER, because keytool has no words for it.
    private static final String LOOPBACK_ONLY =
            "30:3f:a0:3d:30:0b:82:09:6c:6f:63:61:6c:68:6f:73:74:30:0a:87:08:7f:00:00:00:ff:00:00:00:30:22:87:20:"
                    + "00:".repeat(15) + "01:" + "ff:".repeat(15) + "ff";

    /// `*.localhost` is for databases that are addressed by their host name.
    private static final String NAMES = "san=dns:localhost,dns:*.localhost,ip:127.0.0.1,ip:::1";

    /// Those of `directory`, which it is made for if it is not there. A pair of files that is not whole, because it
    /// was being written when a process ended, is made anew.
    ///
    /// @throws StartException if the JDK's keytool is not there or does not do it
    public static DevCertificates in(Path directory, Clock clock) throws IOException, StartException {
        PrivateFiles.createDirectories(directory);
        Path work = directory.resolve("making");
        FileTree.delete(work);
        Instant now = clock.instant();
        Path authority = directory.resolve(AUTHORITY_FILE);
        Path authorityKey = directory.resolve("ca.key");
        DevCertificates files =
                new DevCertificates(authority, directory.resolve("server.pem"), directory.resolve("server.key"));
        // An authority ends after all that it has signed.
        Instant needed = now.plus(CERTIFICATE_LIFE).plus(RENEW_BEFORE_END);
        Optional<ServerCertificate> kept =
                read(authority, authorityKey, now).filter(ca -> ca.end().isAfter(needed));
        if (kept.isPresent() && isGood(files, kept.get(), now)) {
            return files;
        }
        PrivateFiles.createDirectories(work);
        try {
            Keytool keytool = new Keytool(work.resolve("keys.p12"));
            if (kept.isPresent()) {
                keytool.put(AUTHORITY, kept.get());
            } else {
                makeAuthority(keytool);
                keytool.export(AUTHORITY, authority, authorityKey);
            }
            makeCertificate(keytool);
            keytool.export(SERVER, files.certificate, files.key);
        } catch (GeneralSecurityException e) {
            throw new StartException("the certificates in " + directory + " could not be made: " + e.getMessage(), e);
        } finally {
            FileTree.delete(work);
        }
        return files;
    }

    private static void makeAuthority(Keytool keytool) throws IOException, StartException {
        List<String> extensions = List.of(
                "bc:critical=ca:true,pathlen:0",
                "ku:critical=keyCertSign,cRLSign",
                "2.5.29.30:critical=" + LOOPBACK_ONLY);
        keytool.generate(AUTHORITY, "CN=Skerry development CA", AUTHORITY_LIFE, extensions, Optional.empty());
    }

    private static void makeCertificate(Keytool keytool) throws IOException, StartException {
        List<String> extensions =
                List.of("bc:critical=ca:false", "ku:critical=digitalSignature", "eku=serverAuth", NAMES);
        keytool.generate(SERVER, "CN=localhost", CERTIFICATE_LIFE, extensions, Optional.of(AUTHORITY));
    }

    private static boolean isGood(DevCertificates files, ServerCertificate authority, Instant now) {
        Instant needed = now.plus(RENEW_BEFORE_END);
        return read(files.certificate, files.key, now)
                .filter(server -> server.end().isAfter(needed))
                .filter(server -> isSigned(server.chain().getFirst(), authority))
                .isPresent();
    }

    private static boolean isSigned(X509Certificate certificate, ServerCertificate authority) {
        try {
            certificate.verify(authority.chain().getFirst().getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /// Empty if they are not there, do not fit each other, or have ended.
    private static Optional<ServerCertificate> read(Path certificate, Path key, Instant now) {
        try {
            return Optional.of(ServerCertificate.parse(certificate, Pem.bytes(certificate), key, Pem.bytes(key), now));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
