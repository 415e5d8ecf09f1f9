package io.skerry.engine.query;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Has texts parsed on a read connection, which it takes when the first one comes.
final class SyntaxCheck implements Consumer<SqlText>, AutoCloseable {

    private final OpenDatabase database;
    private final Interruption.Owner owner;
    private @Nullable SqlConnection reader;

    /// @param owner for whom the texts are checked
    SyntaxCheck(OpenDatabase database, Interruption.Owner owner) {
        this.database = database;
        this.owner = owner;
    }

    /// @throws io.skerry.engine.DatabaseException SQL_PARSE_ERROR; STATEMENT_TIMEOUT
    @Override
    public void accept(SqlText text) {
        var taken = reader;
        if (taken == null) {
            taken = database.readers().borrow();
            reader = taken;
        }
        taken.checkSyntax(text, owner);
    }

    @Override
    public void close() {
        if (reader != null) {
            database.readers().giveBack(reader);
        }
    }
}
