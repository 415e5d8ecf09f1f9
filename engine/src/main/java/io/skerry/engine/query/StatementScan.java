package io.skerry.engine.query;

import io.skerry.engine.query.Tokens.Kind;

/// Reads one statement to its end and finds its verb. The rule for the end is that of `sqlite3_complete`: a
/// semicolon, but in CREATE TRIGGER only one after `; END`.
final class StatementScan {

    private final Tokens tokens;
    private Verb verb = Verb.OTHER;
    private boolean with;
    private boolean begin;
    private boolean create;
    private boolean trigger;
    private int depth;
    private int words;

    StatementScan(Tokens tokens) {
        this.tokens = tokens;
    }

    Verb verb() {
        return verb;
    }

    /// @param first kind of the token that `tokens` stands on, the first of the statement
    /// @return where the statement ends: behind its last token, without the semicolon
    int run(Kind first) {
        var end = tokens.end();
        // In a trigger's body: 1 after a semicolon, 2 after `; END`.
        var closing = 0;
        for (var kind = first; ; kind = tokens.next()) {
            if (kind == Kind.END || (kind == Kind.SEMICOLON && (!trigger || closing == 2))) {
                return end;
            }
            if (trigger) {
                closing = kind == Kind.SEMICOLON ? 1 : closing == 1 && kind == Kind.WORD && tokens.is("END") ? 2 : 0;
            }
            end = tokens.end();
            switch (kind) {
                case OPEN -> depth++;
                case CLOSE -> depth--;
                case WORD -> {
                    if (words == 0) {
                        first();
                    } else if (words < 4 || with) {
                        later();
                    }
                    words++;
                }
                default -> words += words == 0 ? 1 : 0;
            }
        }
    }

    private void first() {
        verb = main();
        with = tokens.is("WITH");
        begin = tokens.is("BEGIN");
        create = tokens.is("CREATE");
    }

    private void later() {
        if (with && depth == 0) {
            var found = main();
            if (found.changesRows() || found == Verb.SELECT) {
                verb = found;
                with = false;
            }
        } else if (begin) {
            if (tokens.is("READONLY") && verb == Verb.BEGIN_DEFERRED) {
                verb = Verb.BEGIN_READONLY;
            } else if (tokens.is("IMMEDIATE") || tokens.is("EXCLUSIVE")) {
                verb = Verb.BEGIN_IMMEDIATE;
            }
        } else if (verb == Verb.ROLLBACK && tokens.is("TO")) {
            verb = Verb.RELEASE;
        } else if (create && tokens.is("TRIGGER")) {
            // CREATE [TEMP] TRIGGER; a later word of that name is an identifier.
            trigger = words <= 2;
        }
    }

    private Verb main() {
        var length = tokens.end() - tokens.start();
        if (length < 3 || length > 9) {
            return Verb.OTHER;
        }
        for (var keyword : KEYWORDS) {
            if (tokens.is(keyword.word)) {
                return keyword.verb;
            }
        }
        return Verb.OTHER;
    }

    private record Keyword(String word, Verb verb) {}

    private static final Keyword[] KEYWORDS = {
        new Keyword("SELECT", Verb.SELECT),
        new Keyword("INSERT", Verb.INSERT),
        new Keyword("UPDATE", Verb.UPDATE),
        new Keyword("DELETE", Verb.DELETE),
        new Keyword("BEGIN", Verb.BEGIN_DEFERRED),
        new Keyword("COMMIT", Verb.COMMIT),
        new Keyword("END", Verb.COMMIT),
        new Keyword("ROLLBACK", Verb.ROLLBACK),
        new Keyword("VALUES", Verb.SELECT),
        new Keyword("REPLACE", Verb.INSERT),
        new Keyword("SAVEPOINT", Verb.SAVEPOINT),
        new Keyword("RELEASE", Verb.RELEASE),
        new Keyword("EXPLAIN", Verb.EXPLAIN),
        new Keyword("PRAGMA", Verb.PRAGMA),
        new Keyword("CREATE", Verb.SCHEMA),
        new Keyword("DROP", Verb.SCHEMA),
        new Keyword("ALTER", Verb.SCHEMA),
        new Keyword("REINDEX", Verb.SCHEMA),
        new Keyword("ANALYZE", Verb.SCHEMA),
        new Keyword("VACUUM", Verb.VACUUM),
        new Keyword("ATTACH", Verb.ATTACH),
        new Keyword("DETACH", Verb.DETACH),
    };
}
