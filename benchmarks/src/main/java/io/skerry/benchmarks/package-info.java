/// Measurements of whole processes over their real protocols, Skerry and sqld side by side in one run. `benchmarks/run
/// --help` lists them.
@NullMarked
package io.skerry.benchmarks;

import org.jspecify.annotations.NullMarked;
