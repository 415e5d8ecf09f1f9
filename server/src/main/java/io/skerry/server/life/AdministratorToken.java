package io.skerry.server.life;

import io.skerry.catalog.token.ApiTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The token that `dev` gives its user: kept beside the data, so that it stays the same over restarts.
public final class AdministratorToken {

    private AdministratorToken() {}

    /// The token `wanted`, or the one in the file `token` of the directory, or a fresh one; the file holds it
    /// afterwards, readable by its owner only.
    public static String in(Path directory, @Nullable String wanted) throws IOException {
        Path file = directory.resolve("token");
        String kept = Files.exists(file) ? Files.readString(file).strip() : "";
        String token =
                wanted != null && !wanted.isBlank() ? wanted.strip() : kept.isEmpty() ? ApiTokens.generate() : kept;
        if (!token.equals(kept)) {
            PrivateFiles.write(file, token + "\n");
        }
        return token;
    }
}
