/// A whole `skerry dev` as a child process, seen only through its ports, its files and its exit code.
@NullMarked
package io.skerry.conformance;

import org.jspecify.annotations.NullMarked;
