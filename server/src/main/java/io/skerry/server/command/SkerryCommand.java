package io.skerry.server.command;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.server.config.ConfigException;
import io.skerry.server.life.Linking;
import io.skerry.server.life.StartException;
import io.skerry.server.remote.DatabaseCommand;
import io.skerry.server.remote.GroupCommand;
import io.skerry.server.remote.OauthCommand;
import io.skerry.server.remote.OrganizationCommand;
import io.skerry.server.remote.RemoteException;
import io.skerry.server.remote.TokenCommand;
import io.skerry.server.remote.UserCommand;
import java.nio.file.FileSystemException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command line's root.
@Command(
        name = "skerry",
        description = "Replicated SQLite databases, in the locations you choose.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n")
public final class SkerryCommand implements Runnable {

    /// In the order in which the help shows them.
    private static final Map<String, Class<?>> COMMANDS = commands();

    /// The names are those of the annotations, which every start would pay for to read.
    private static Map<String, Class<?>> commands() {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        commands.put("dev", DevCommand.class);
        commands.put("demo", DemoCommand.class);
        commands.put("check", CheckCommand.class);
        commands.put("group", GroupCommand.class);
        commands.put("db", DatabaseCommand.class);
        commands.put("token", TokenCommand.class);
        commands.put("oauth", OauthCommand.class);
        commands.put("org", OrganizationCommand.class);
        commands.put("user", UserCommand.class);
        commands.put("generate-completion", AutoComplete.GenerateCompletion.class);
        commands.put("version", VersionCommand.class);
        return commands;
    }

    /// Runs one command.
    ///
    /// @return the exit code: 0 done, 1 failed, 2 wrong usage
    public static int run(String... args) {
        return line(args).execute(args);
    }

    /// The command line for `args`. Reading the options of a class takes time that every start would pay: where
    /// the first argument names a command, the others are left out.
    static CommandLine line(String... args) {
        Class<?> asked = args.length == 0 ? null : COMMANDS.get(args[0]);
        if (asked == DevCommand.class || asked == DemoCommand.class) {
            Linking.begin();
        }
        CommandLine line = new CommandLine(new SkerryCommand());
        if (asked == null || asked == AutoComplete.GenerateCompletion.class) {
            COMMANDS.values().forEach(line::addSubcommand);
        } else {
            line.addSubcommand(asked);
        }
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(SkerryCommand::correct)
                .setExecutionExceptionHandler(SkerryCommand::explain);
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    /// What was typed wrong in one sentence, what may have been meant, and where to read on.
    private static int correct(CommandLine.ParameterException mistake, String[] args) {
        CommandLine command = mistake.getCommandLine();
        command.getErr().println("skerry: " + mistake.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(mistake, command.getErr());
        command.getErr().println("`" + command.getCommandSpec().qualifiedName() + " --help` shows how it is used.");
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    /// What a person can mend is one sentence; only what is a defect of ours has a stack trace.
    private static int explain(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        String sentence = sentence(failure);
        if (sentence != null) {
            command.getErr().println("skerry: " + sentence);
        } else {
            failure.printStackTrace(command.getErr());
        }
        return failure instanceof ConfigException ? 2 : 1;
    }

    private static @Nullable String sentence(Exception failure) {
        return switch (failure) {
            case StartException e -> e.getMessage();
            case RemoteException e -> e.getMessage();
            case ConfigException e -> e.getMessage();
            case FileSystemException e -> "a file cannot be used: " + e.getMessage();
            case DatabaseException e
            when e.code() == Code.DISK_FULL ->
                "this start has something to write down, such as changed ports, and cannot: " + e.getMessage()
                        + "; make space on the disk and start again";
            default -> null;
        };
    }
}
