package io.skerry.engine.query;

import io.skerry.engine.DatabaseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the words of one statement tell without a schema.
///
/// @param text exactly one statement, without what surrounds it
/// @param shape see [QueryShape]
record SqlText(String text, Verb verb, String shape) {

    /// @throws DatabaseException SQL_NO_STATEMENT, SQL_MANY_STATEMENTS
    static SqlText single(String text) {
        var tokens = new Tokens(text);
        var statement = next(text, tokens);
        if (statement == null) {
            throw Failures.noStatement();
        }
        for (var kind = tokens.next(); kind != Tokens.Kind.END; kind = tokens.next()) {
            if (kind != Tokens.Kind.SEMICOLON) {
                throw Failures.manyStatements();
            }
        }
        return statement;
    }

    /// The statements of a script, in order; none if there is nothing but comments.
    static List<SqlText> script(String text) {
        var tokens = new Tokens(text);
        var statements = new ArrayList<SqlText>();
        for (var s = next(text, tokens); s != null; s = next(text, tokens)) {
            statements.add(s);
        }
        return statements;
    }

    /// The first statement of a script.
    ///
    /// @throws DatabaseException SQL_NO_STATEMENT
    static SqlText first(String text) {
        var statement = next(text, new Tokens(text));
        if (statement == null) {
            throw Failures.noStatement();
        }
        return statement;
    }

    private static @Nullable SqlText next(String text, Tokens tokens) {
        var kind = tokens.next();
        while (kind == Tokens.Kind.SEMICOLON) {
            kind = tokens.next();
        }
        if (kind == Tokens.Kind.END) {
            return null;
        }
        var scan = new StatementScan(tokens);
        var start = tokens.start();
        var end = scan.run(kind);
        var statement = text.substring(start, end);
        return new SqlText(statement, scan.verb(), QueryShape.of(statement));
    }
}
