/// Commands that ask a running server: the Platform API for the person at the terminal. They know it as any client
/// does, over HTTP.
@NullMarked
package io.skerry.server.remote;

import org.jspecify.annotations.NullMarked;
