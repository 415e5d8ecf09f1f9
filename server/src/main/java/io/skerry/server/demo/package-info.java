/// The story that `skerry demo` plays: real nodes on a temporary directory, real HTTP calls, and after each
/// a check that it did what it should.
@NullMarked
package io.skerry.server.demo;

import org.jspecify.annotations.NullMarked;
