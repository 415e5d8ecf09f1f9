package io.skerry.server.tls;

import io.skerry.server.life.PrivateFiles;
import io.skerry.server.life.StartException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The JDK's own program for certificates, which its class library reads but cannot make, on a store for as long as
/// some are being made.
final class Keytool {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int PASSWORD_BYTES = 16;
    /// In the environment of the process: its arguments are seen by every user of the machine.
    private static final String PASSWORD = "SKERRY_KEYTOOL_PASSWORD";

    private final Path store;
    private final String password;

    /// @param store a file that is not there yet
    Keytool(Path store) {
        this.store = store;
        byte[] random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        this.password = HexFormat.of().formatHex(random);
    }

    /// Begins the store with a key and its certificate.
    void put(String alias, ServerCertificate pair) throws IOException, GeneralSecurityException {
        KeyStore begun = KeyStore.getInstance("PKCS12");
        begun.load(null, null);
        begun.setKeyEntry(
                alias, pair.key(), password.toCharArray(), pair.chain().toArray(X509Certificate[]::new));
        try (OutputStream out = Files.newOutputStream(store)) {
            begun.store(out, password.toCharArray());
        }
    }

    /// Adds a new key and a certificate for it.
    ///
    /// @param extensions as keytool's -ext takes them
    /// @param signer alias of the key that signs it; empty for its own
    void generate(String alias, String name, Duration life, List<String> extensions, Optional<String> signer)
            throws IOException, StartException {
        List<String> arguments = new ArrayList<>(List.of("-genkeypair", "-alias", alias, "-dname", name));
        arguments.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-sigalg", "SHA256withECDSA"));
        // An hour back, for clients whose clock is behind.
        arguments.addAll(List.of("-startdate", "-1H", "-validity", Long.toString(life.toDays())));
        extensions.forEach(extension -> arguments.addAll(List.of("-ext", extension)));
        signer.ifPresent(by -> arguments.addAll(List.of("-signer", by)));
        run(arguments);
    }

    private void run(List<String> arguments) throws IOException, StartException {
        Path program = Path.of(System.getProperty("java.home"), "bin", "keytool");
        if (!Files.isExecutable(program)) {
            throw new StartException(
                    "certificates are made with " + program + ", which this Java has not: use that of a"
                            + " JDK, or certificates of your own (http.tls.certificate)");
        }
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(arguments);
        command.addAll(List.of("-storetype", "PKCS12", "-keystore", store.toString(), "-storepass:env", PASSWORD));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(store.resolveSibling("keytool.log").toFile());
        builder.environment().put(PASSWORD, password);
        Process process = builder.start();
        process.getOutputStream().close();
        try {
            if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS) || process.exitValue() != 0) {
                throw new StartException("certificates could not be made with " + program + ": "
                        + Files.readString(store.resolveSibling("keytool.log")).strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartException("the start was interrupted while certificates were made", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /// Writes a key and its certificate as PEM, for their owner alone. The key first: beside an older certificate it
    /// is seen to fit nothing.
    void export(String alias, Path certificate, Path key) throws IOException, GeneralSecurityException {
        KeyStore made = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            made.load(in, password.toCharArray());
        }
        if (!(made.getKey(alias, password.toCharArray()) instanceof PrivateKey secret)) {
            throw new GeneralSecurityException("keytool left no key " + alias);
        }
        PrivateFiles.write(key, Pem.text(Pem.PRIVATE_KEY, secret.getEncoded()));
        PrivateFiles.write(
                certificate,
                Pem.text(Pem.CERTIFICATE, made.getCertificate(alias).getEncoded()));
    }
}
