package io.skerry.server.command;

import io.skerry.server.config.ConfigException;
import io.skerry.server.life.StartException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command line's root.
@Command(
        name = "skerry",
        description = "Replicated SQLite databases, in the locations you choose.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        subcommands = {DevCommand.class, DemoCommand.class, CheckCommand.class, VersionCommand.class})
public final class SkerryCommand implements Runnable {

    /// Runs one command.
    ///
    /// @return the exit code: 0 done, 1 failed, 2 wrong usage
    public static int run(String... args) {
        return new CommandLine(new SkerryCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(SkerryCommand::explain)
                .execute(args);
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    /// What a person can mend is one sentence; only what is a defect of ours has a stack trace.
    private static int explain(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        if (failure instanceof StartException || failure instanceof ConfigException) {
            command.getErr().println("skerry: " + failure.getMessage());
        } else {
            failure.printStackTrace(command.getErr());
        }
        return failure instanceof ConfigException ? 2 : 1;
    }
}
