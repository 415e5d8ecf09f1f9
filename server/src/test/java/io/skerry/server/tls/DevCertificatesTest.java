package io.skerry.server.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevCertificatesTest {

    private static final Clock NOW = Clock.systemUTC();

    @TempDir
    Path files;

    private Path directory = Path.of("");

    @BeforeEach
    void directory() {
        directory = files.resolve("tls");
    }

    @Test
    void theCertificateIsForThisMachineAloneAndItsKeyForItsOwner() throws Exception {
        DevCertificates made = TestCertificates.one(directory);

        X509Certificate server = certificate(made.certificate());
        X509Certificate authority = certificate(made.authority());
        server.verify(authority.getPublicKey());
        assertThat(server.getSubjectAlternativeNames())
                .extracting(name -> String.valueOf(name.get(1)))
                .containsExactlyInAnyOrder("localhost", "*.localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
        assertThat(server.getBasicConstraints()).isEqualTo(-1);
        // Name constraints: what the authority may vouch for at all.
        assertThat(authority.getCriticalExtensionOIDs()).contains("2.5.29.30");
        assertThat(files()).containsOnlyKeys("ca.key", "ca.pem", "server.key", "server.pem");
    }

    @Test
    void theyAreKeptUntilTheyEnd() throws Exception {
        TestCertificates.one(directory);
        Map<String, String> first = files();

        DevCertificates.in(directory, NOW);
        assertThat(files()).isEqualTo(first);

        // The certificate alone is made anew: who trusts the authority goes on.
        DevCertificates.in(directory, Clock.offset(NOW, Duration.ofDays(350)));
        Map<String, String> renewed = files();
        assertThat(renewed.get("ca.pem")).isEqualTo(first.get("ca.pem"));
        assertThat(renewed.get("server.pem")).isNotEqualTo(first.get("server.pem"));

        DevCertificates.in(directory, Clock.offset(NOW, Duration.ofDays(3400)));
        assertThat(files().get("ca.pem")).isNotEqualTo(first.get("ca.pem"));
    }

    @Test
    void whatAStartThatWasKilledLeftIsMadeWhole() throws Exception {
        DevCertificates made = TestCertificates.one(directory);
        Map<String, String> first = files();
        Files.delete(made.certificate());
        Files.createDirectory(directory.resolve("making"));
        Files.writeString(directory.resolve("making").resolve("keys.p12"), "half");

        DevCertificates.in(directory, NOW);

        assertThat(files()).containsOnlyKeys("ca.key", "ca.pem", "server.key", "server.pem");
        assertThat(files().get("ca.pem")).isEqualTo(first.get("ca.pem"));
        for (Path file : List.of(made.certificate(), made.key())) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
        ServerCertificate.parse(
                made.certificate(), Pem.bytes(made.certificate()), made.key(), Pem.bytes(made.key()), NOW.instant());
    }

    private static X509Certificate certificate(Path file) throws Exception {
        return Pem.certificates(file, Pem.bytes(file)).getFirst();
    }

    private Map<String, String> files() throws Exception {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(directory)) {
            for (Path file : all.toList()) {
                files.put(String.valueOf(file.getFileName()), Files.readString(file));
            }
        }
        return files;
    }
}
