package io.skerry.engine.query;

import java.util.ArrayList;
import java.util.List;

/// Text that somebody types or pipes in, cut into statements as SQLite would cut it. Needs no database.
///
/// @param statements those that are complete, in order, each without its semicolon and what surrounds it
/// @param rest what follows the last of them; empty if that is white space and whole comments alone
public record SqlScript(List<String> statements, String rest) {

    /// Never throws: what is malformed is the beginning of a statement that is not complete.
    public static SqlScript of(String text) {
        var statements = new ArrayList<String>();
        var tokens = new Tokens(text);
        var done = 0;
        for (var kind = tokens.next(); kind != Tokens.Kind.END; kind = tokens.next()) {
            if (kind != Tokens.Kind.SEMICOLON) {
                var start = tokens.start();
                var end = new StatementScan(tokens).run(kind);
                if (tokens.start() == text.length()) {
                    return new SqlScript(statements, text.substring(done));
                }
                statements.add(text.substring(start, end));
            }
            done = tokens.end();
        }
        var rest = text.substring(done);
        return new SqlScript(statements, commentIsOpen(rest) ? rest : "");
    }

    /// @param blank white space and comments
    private static boolean commentIsOpen(String blank) {
        return new Tokens(blank + "\n;").next() == Tokens.Kind.END;
    }
}
