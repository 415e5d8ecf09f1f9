package io.skerry.engine.query;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.query.Tokens.Kind;

/// The text of an `ATTACH` or a `DETACH`. The engine reads it itself: what SQLite would take for the path of a file is
/// the name of a database here, and nothing else is accepted.
///
/// @param database what is to be attached; empty for `DETACH`
/// @param alias the name of its schema
record AttachText(String database, String alias) {

    private static final int NAME_CHARS_MAX = 255;

    /// @throws DatabaseException NOT_AUTHORIZED
    static AttachText attach(SqlText text) {
        var tokens = new Tokens(text.text());
        var database = name(text, tokens, firstName(tokens));
        if (tokens.next() != Kind.WORD || !tokens.is("AS")) {
            throw refused();
        }
        var alias = name(text, tokens, tokens.next());
        requireEnd(tokens);
        return new AttachText(database, alias);
    }

    /// @throws DatabaseException NOT_AUTHORIZED
    static AttachText detach(SqlText text) {
        var tokens = new Tokens(text.text());
        var alias = name(text, tokens, firstName(tokens));
        requireEnd(tokens);
        return new AttachText("", alias);
    }

    private static Kind firstName(Tokens tokens) {
        tokens.next(); // the verb
        var kind = tokens.next();
        return kind == Kind.WORD && tokens.is("DATABASE") ? tokens.next() : kind;
    }

    private static void requireEnd(Tokens tokens) {
        if (tokens.next() != Kind.END) {
            throw refused();
        }
    }

    /// The identifier that `tokens` stands on.
    private static String name(SqlText text, Tokens tokens, Kind kind) {
        var token = text.text().substring(tokens.start(), tokens.end());
        var name = kind == Kind.WORD ? token : kind == Kind.OTHER ? unquoted(token) : "";
        if (name.isEmpty() || name.length() > NAME_CHARS_MAX || name.indexOf(0) >= 0) {
            throw refused();
        }
        return name;
    }

    /// Empty for what is no quoted identifier. A text in single quotes is none.
    private static String unquoted(String token) {
        var last = token.length() - 1;
        if (last < 2) {
            return "";
        }
        var open = token.charAt(0);
        var close = open == '[' ? ']' : open;
        if ((open != '"' && open != '`' && open != '[') || token.charAt(last) != close) {
            return "";
        }
        var inner = token.substring(1, last);
        var quote = String.valueOf(open);
        return open == '[' ? inner : inner.replace(quote + quote, quote);
    }

    private static DatabaseException refused() {
        return new DatabaseException(
                Code.NOT_AUTHORIZED,
                "not authorized: other databases are attached as ATTACH \"<id or name of the database>\" AS <name>"
                        + " and detached as DETACH <name>; files and expressions cannot be");
    }
}
