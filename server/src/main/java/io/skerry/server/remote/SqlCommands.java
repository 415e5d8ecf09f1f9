package io.skerry.server.remote;

import java.io.BufferedReader;
import java.io.Console;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Commands for what is in a database. They ask the database itself, with a token that lives an hour.
abstract class SqlCommands extends CommandFamily {

    @Command(
            description = {
                "Runs SQL: of the argument, or of the standard input; without both, asks for it.",
                "Ends with code 1 at the first statement that fails. A transaction may go over several statements;"
                        + " what is open at the end is rolled back. With --json each row is an object in a line of its"
                        + " own, and blobs are base64."
            },
            footer = "%nExample: skerry db shell shop \"SELECT count(*) FROM orders\"",
            mixinStandardHelpOptions = true)
    int shell(
            @Mixin Server server,
            @Parameters(paramLabel = "DATABASE", index = "0") String database,
            @Parameters(
                            paramLabel = "SQL",
                            index = "1",
                            arity = "0..1",
                            description = "Statements, or a command such as .tables; .help lists them.")
                    @Nullable
                    String sql,
            @Option(names = "--read-only", description = "Refuse statements that write.") boolean readOnly)
            throws RemoteException {
        DatabaseAddress address = DatabaseAddress.of(server, database, readOnly);
        try (SqlStream stream = new SqlStream(address)) {
            Shell shell = new Shell(database, stream, new Dump(address), server.out(), server.json);
            if (sql != null) {
                shell.run(sql);
                return 0;
            }
            Console console = System.console();
            boolean person = console != null && console.isTerminal();
            // Not closed: it is the process's own. UTF-8 whatever the locale, as the server's answers are.
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            if (person) {
                shell.ask(in, server.err());
            } else {
                shell.read(in);
            }
        }
        return 0;
    }

    @Command(
            description = {"Prints all of a database as SQL, of one moment.", "Ends with code 1 if it is not complete."
            },
            footer = "%nExample: skerry db dump shop > shop.sql",
            mixinStandardHelpOptions = true)
    int dump(@Mixin Server server, @Parameters(paramLabel = "DATABASE") String database) throws RemoteException {
        new Dump(DatabaseAddress.of(server, database, true)).to(System.out);
        return 0;
    }
}
