package io.skerry.server.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The table of `api/calls.txt`, whose head says what its lines are.
final class CallTable {

    private static final Path FILE = Path.of("src", "test", "resources", "api", "calls.txt");
    private static final int ERRORS = 400;

    private CallTable() {}

    /// A call of the Platform API.
    ///
    /// @param soon whether it may be repeated until it answers so
    /// @param as whose token is shown, `owner` if nothing else is said
    /// @param text of the error; empty for what succeeds
    record Call(
            boolean soon,
            String as,
            String method,
            String path,
            String body,
            int status,
            String text,
            List<Claim> claims,
            List<Effect> effects) {}

    /// What is done with the answer of a call that succeeds.
    sealed interface Claim permits Keep, Is {}

    /// Keeps a value of it, or of the address that it redirects to, for later lines.
    record Keep(String name, String pointer) implements Claim {}

    record Is(String pointer, String value) implements Claim {}

    /// What the data plane shows of a call.
    sealed interface Effect permits Nothing, Seen {}

    record Nothing() implements Effect {}

    /// @param soon whether it may take a while until it is so
    /// @param where a location, `here` for the node that was called, or `all`
    /// @param stream name of one that stays open, or empty
    record Seen(boolean soon, String where, String database, String token, String stream, String ask, String comes)
            implements Effect {}

    static List<Call> read() throws IOException {
        List<Call> calls = new ArrayList<>();
        for (String line : Files.readAllLines(FILE)) {
            try {
                if (line.startsWith(">")) {
                    calls.getLast().effects.add(effect(line.substring(1).strip()));
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    calls.add(call(line));
                }
            } catch (RuntimeException e) {
                throw new IllegalArgumentException("not a line of the table: " + line, e);
            }
        }
        return calls;
    }

    private static Call call(String line) {
        String[] cells = cells(line);
        List<String> words = new ArrayList<>(List.of(cells[0].split(" ")));
        boolean soon = words.removeIf("~"::equals);
        String as = words.getFirst().startsWith("@") ? words.removeFirst().substring(1) : "owner";
        int status = Integer.parseInt(cells[2]);
        boolean refused = status >= ERRORS;
        if (refused && cells.length < 4) {
            throw new IllegalArgumentException("no text of the error");
        }
        List<Claim> claims = refused || cells.length == 3 ? List.of() : claims(cells[3]);
        String text = refused ? cells[3] : "";
        return new Call(soon, as, words.get(0), words.get(1), cells[1], status, text, claims, new ArrayList<>());
    }

    private static List<Claim> claims(String cell) {
        List<Claim> claims = new ArrayList<>();
        for (String claim : cell.split(", ")) {
            String[] keep = claim.split(" = ", 2);
            String[] is = claim.split(" is ", 2);
            claims.add(is.length == 2 ? new Is(is[0], is[1]) : new Keep(keep[0], keep[1]));
        }
        return claims;
    }

    private static Effect effect(String line) {
        if (line.equals("nothing")) {
            return new Nothing();
        }
        String[] cells = cells(line);
        List<String> words = new ArrayList<>(List.of(cells[0].split(" ")));
        boolean soon = words.removeIf("~"::equals);
        return new Seen(
                soon,
                words.get(0),
                words.get(1),
                words.get(2).substring(1),
                words.size() > 3 ? words.get(3) : "",
                cells[1],
                cells[2]);
    }

    private static String[] cells(String line) {
        String[] cells = line.split(" \\|");
        for (int i = 0; i < cells.length; i++) {
            cells[i] = cells[i].strip();
        }
        return cells;
    }
}
