package io.skerry.server;

import io.skerry.server.command.SkerryCommand;

/// Entry of the process.
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        int code = SkerryCommand.run(args);
        System.exit(code);
    }
}
