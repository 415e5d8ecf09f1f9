package io.skerry.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeTlsTest {

    @TempDir
    Path directory;

    private Path certificate = Path.of("");
    private Path key = Path.of("");

    @BeforeEach
    void pair() throws Exception {
        DevCertificates made = TestCertificates.one(directory.resolve("one"));
        certificate = made.certificate();
        key = made.key();
    }

    @Test
    void whatIsWrongWithAFileIsOneSentence() throws Exception {
        Path missing = directory.resolve("missing.pem");
        assertThatThrownBy(() -> open(missing, key)).hasMessage("there is no file " + missing);
        assertThatThrownBy(() -> open(certificate, missing)).hasMessage("there is no file " + missing);

        Path text = Files.writeString(directory.resolve("text.pem"), "no certificate");
        assertThatThrownBy(() -> open(text, key)).hasMessageContaining("certificates in " + text);
        assertThatThrownBy(() -> open(certificate, text)).hasMessageStartingWith(text + " holds no private key");
        assertThatThrownBy(() -> open(certificate, certificate)).hasMessageContaining(" holds no private key");

        Path old = Files.writeString(
                directory.resolve("old.key"), "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
        assertThatThrownBy(() -> open(certificate, old)).hasMessageContaining("openssl pkcs8 -topk8 -nocrypt");
        Path broken = Files.writeString(
                directory.resolve("broken.key"), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertThatThrownBy(() -> open(certificate, broken)).hasMessageContaining("holds no private key that fits");

        DevCertificates other = TestCertificates.other(directory.resolve("other"));
        assertThatThrownBy(() -> open(certificate, other.key()))
                .hasMessage("the private key in " + other.key() + " is not that of the certificate in " + certificate);
    }

    @Test
    void aCertificateThatHasExpiredIsRefused() {
        Clock later = Clock.offset(Clock.systemUTC(), Duration.ofDays(400));
        assertThatThrownBy(() -> NodeTls.open(certificate, key, Optional.empty(), later))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the certificate in " + certificate + " has expired on ");
        Clock before = Clock.offset(Clock.systemUTC(), Duration.ofDays(-2));
        assertThatThrownBy(() -> NodeTls.open(certificate, key, Optional.empty(), before))
                .hasMessageContaining("is not valid before");
    }

    @Test
    void filesThatChangeAreShownOnceTheyFitEachOther() throws Exception {
        DevCertificates other = TestCertificates.other(directory.resolve("other"));
        try (NodeTls tls = open(certificate, key)) {
            SSLContext first = tls.server();
            tls.reread();
            assertThat(tls.server()).isSameAs(first);
            assertThat(tls.state().refused()).isFalse();

            Files.copy(other.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
            tls.reread();
            assertThat(tls.server()).as("half of the new pair").isSameAs(first);
            assertThat(tls.state().refused()).isTrue();
            Files.delete(key);
            tls.reread();
            assertThat(tls.server()).as("a file that is gone").isSameAs(first);

            Files.copy(other.key(), key);
            tls.reread();
            assertThat(tls.server()).isNotSameAs(first);
            assertThat(tls.state().refused()).isFalse();
        }
    }

    private static NodeTls open(Path certificate, Path key) throws IOException {
        return NodeTls.open(certificate, key, Optional.empty());
    }
}
