package io.skerry.platform;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/// The HTML of the sign-in: plain forms that need no script and nothing from elsewhere. A page is never kept, and
/// never shown inside another.
final class SignInPage {

    private static final String STYLE = """
            :root{color-scheme:light dark;font:100%/1.5 system-ui,sans-serif}
            body{margin:0;padding:1rem}
            main{max-width:26rem;margin:8vh auto 0}
            label{display:block;margin-top:1rem;font-weight:600}
            input,button{box-sizing:border-box;width:100%;padding:.6rem;font:inherit;border-radius:.3rem}
            input{border:1px solid GrayText}
            button{margin-top:1.5rem;border:0;background:#0b5cad;color:#fff}
            :focus-visible{outline:3px solid #e08a00;outline-offset:2px}
            pre{padding:.6rem;border:1px solid GrayText;white-space:pre-wrap;overflow-wrap:anywhere}
            .alert{padding:.6rem;border:2px solid #c02020}
            """;

    private static final String STYLE_HASH = hash();

    private final Destination destination;

    /// @param destination of the token: a form may lead there
    SignInPage(Destination destination) {
        this.destination = destination;
    }

    /// @param seal of the form
    /// @param alert what went wrong with the last try, empty if nothing
    Answer signIn(int status, String seal, String username, String alert, boolean nobodyHasPassword) {
        String note = nobodyHasPassword ? """
                <p>No account here has a password yet. Set one where the server runs, for the account whose token
                <code>skerry</code> uses:</p>
                <pre>./skerry user password</pre>
                """ : "";
        return page(
                status,
                "Sign in",
                alert(alert) + note + """
                <form method="post" action="login">
                %s<label for="username">User name</label>
                <input id="username" name="username" value="%s" autocomplete="username" autocapitalize="none" \
                spellcheck="false" required autofocus>
                <label for="password">Password</label>
                <input id="password" name="password" type="password" autocomplete="current-password" required>
                <button type="submit">Sign in</button>
                </form>
                """.formatted(hidden("seal", seal) + hiddenDestination(), escape(username)));
    }

    /// @param invite the secret of the invitation
    Answer signUp(int status, String seal, String invite, String username, String alert) {
        return page(
                status,
                "Make an account",
                alert(alert)
                        + """
                <form method="post" action="signup">
                %s<label for="username">User name</label>
                <input id="username" name="username" value="%s" autocomplete="username" autocapitalize="none" \
                spellcheck="false" required autofocus>
                <label for="password">Password</label>
                <input id="password" name="password" type="password" autocomplete="new-password" minlength="8" required \
                aria-describedby="password-hint">
                <p id="password-hint">At least 8 characters.</p>
                <button type="submit">Make the account</button>
                </form>
                """.formatted(
                                        hidden("seal", seal) + hidden("invite", invite) + hiddenDestination(),
                                        escape(username)));
    }

    /// For whoever has no invitation at hand.
    Answer invitationOnly() {
        return page(200, "Make an account", """
                <p>Accounts are made by invitation. Whoever runs an organization here can invite you, and gives you a
                link or its secret.</p>
                <form method="get" action="signup">
                %s<label for="invite">Secret of the invitation</label>
                <input id="invite" name="invite" autocomplete="off" autocapitalize="none" spellcheck="false" required>
                <button type="submit">Go on</button>
                </form>
                <h2>You have an account</h2>
                <form method="get" action="./">
                %s<button type="submit">Sign in</button>
                </form>
                """.formatted(hiddenDestination(), hiddenDestination()));
    }

    /// Shows the token itself: nowhere else can it be seen again.
    Answer token(String token) {
        return page(200, "Signed in", """
                <p>This is your token, for seven days. It is shown this once. Give it to the command:</p>
                <pre tabindex="0">turso config set token %s</pre>
                """.formatted(escape(token)));
    }

    Answer refused(int status, String alert) {
        return page(status, "This does not work", alert(alert));
    }

    /// The browser goes on to the command that waits for the token.
    static Answer goTo(String location) {
        Map<String, String> headers = new HashMap<>(Map.of("Location", location));
        headers.putAll(privacy());
        return new Answer(303, "text/plain; charset=utf-8", headers, new byte[0]);
    }

    private Answer page(int status, String title, String content) {
        String html = """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>%1$s - Skerry</title>
                <style>%2$s</style>
                </head>
                <body>
                <main>
                <h1>%1$s</h1>
                %3$s</main>
                </body>
                </html>
                """.formatted(title, STYLE, content);
        Map<String, String> headers = new HashMap<>(privacy());
        headers.put("Content-Security-Policy", policy());
        headers.put("X-Frame-Options", "DENY");
        return new Answer(status, "text/html; charset=utf-8", headers, html.getBytes(StandardCharsets.UTF_8));
    }

    /// Browsers hold a form to this also where its answer sends them.
    private String policy() {
        String further = destination instanceof Destination.Loopback loopback ? " " + loopback.origin() : "";
        return "default-src 'none'; style-src 'sha256-" + STYLE_HASH + "'; form-action 'self'" + further
                + "; frame-ancestors 'none'; base-uri 'none'";
    }

    private static Map<String, String> privacy() {
        return Map.of(
                "Cache-Control", "no-store", "Referrer-Policy", "no-referrer", "X-Content-Type-Options", "nosniff");
    }

    private String hiddenDestination() {
        StringBuilder fields = new StringBuilder();
        destination.parameters().forEach((name, value) -> fields.append(hidden(name, value)));
        return fields.toString();
    }

    private static String hidden(String name, String value) {
        return "<input type=\"hidden\" name=\"%s\" value=\"%s\">%n".formatted(name, escape(value));
    }

    private static String alert(String text) {
        return text.isEmpty() ? "" : "<p class=\"alert\" role=\"alert\">" + escape(text) + "</p>\n";
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    private static String hash() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(STYLE.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
