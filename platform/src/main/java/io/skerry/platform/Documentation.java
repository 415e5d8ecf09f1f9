package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.platform.openapi.ApiDocument;
import io.skerry.platform.openapi.Served;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The document that describes the API, and the page that shows it. Both need no token: they say what the source
/// says. All that the page loads comes from here.
///
///     GET /openapi.json    OpenAPI 3.1
///     GET /docs            Swagger UI
final class Documentation {

    private static final String DOCUMENT = "/openapi.json";
    private static final String PAGE = "/docs";

    private static final String OWN = "/io/skerry/platform/docs/";
    private static final String LIBRARY = "/META-INF/resources/webjars/swagger-ui/";
    private static final String LIBRARY_VERSION = "/META-INF/maven/org.webjars/swagger-ui/pom.properties";

    private static final Map<String, String> SAFE = Map.of(
            "X-Content-Type-Options", "nosniff",
            "Referrer-Policy", "no-referrer",
            "X-Frame-Options", "DENY",
            "Content-Security-Policy",
                    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
                            + " form-action 'none'; frame-ancestors 'none'; base-uri 'none'");

    private static final Map<String, Part> PARTS = Map.of(
            PAGE,
            new Part("text/html; charset=utf-8", OWN, "index.html"),
            PAGE + "/start.js",
            new Part("text/javascript; charset=utf-8", OWN, "start.js"),
            PAGE + "/swagger-ui-bundle.js",
            new Part("text/javascript; charset=utf-8", LIBRARY, "swagger-ui-bundle.js"),
            PAGE + "/swagger-ui.css",
            new Part("text/css; charset=utf-8", LIBRARY, "swagger-ui.css"),
            PAGE + "/favicon-32x32.png",
            new Part("image/png", LIBRARY, "favicon-32x32.png"));

    /// A file of the page.
    ///
    /// @param home directory among the resources; that of the library has another below it, by its version
    private record Part(String type, String home, String file) {

        byte[] bytes() {
            return read(home + (home.equals(LIBRARY) ? version() + "/" : "") + file);
        }
    }

    private final List<Operation> operations;
    /// Read when they are asked for the first time. Anybody may ask, and take long to read: so they are here once.
    private final Map<String, Answer> read = new ConcurrentHashMap<>();
    /// Made when it is asked for the first time: a node starts sooner without.
    private volatile @Nullable Answer document;

    Documentation(List<Operation> operations) {
        this.operations = operations;
    }

    static ObjectNode describe(List<Operation> operations) {
        return ApiDocument.of(operations.stream()
                .map(operation -> new Served(
                        operation.method(),
                        operation.path(),
                        operation.forms(),
                        operation.right().name(),
                        operation.right().needsToken(),
                        operation.right() == Right.NOTHING || operation.right() == Right.TOKEN,
                        operation.ofOrganization(),
                        operation.led()))
                .toList());
    }

    boolean serves(String path) {
        return path.equals(DOCUMENT) || PARTS.containsKey(path);
    }

    /// @param path one that it serves
    /// @throws ApiException 405 for any method but GET and HEAD
    Answer answer(String method, String path) {
        if (!method.equals("GET") && !method.equals("HEAD")) {
            throw ApiException.notAllowed(method, List.of("GET", "HEAD"));
        }
        Part part = PARTS.get(path);
        return part == null
                ? document()
                : read.computeIfAbsent(path, absent -> new Answer(200, part.type(), SAFE, part.bytes()));
    }

    private Answer document() {
        Answer made = document;
        if (made == null) {
            made = Answer.ok(describe(operations));
            document = made;
        }
        return made;
    }

    private static String version() {
        Properties properties = new Properties();
        try (InputStream in = open(LIBRARY_VERSION)) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }

    private static byte[] read(String resource) {
        try (InputStream in = open(resource)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String resource) {
        @Nullable InputStream in = Documentation.class.getResourceAsStream(resource);
        if (in == null) {
            throw new IllegalStateException("not in this build: " + resource);
        }
        return in;
    }
}
