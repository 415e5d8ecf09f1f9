/// The command line: one class per command. Knows how to talk to a person, starts what the module offers,
/// holds no logic.
@NullMarked
package io.skerry.server.command;

import org.jspecify.annotations.NullMarked;
