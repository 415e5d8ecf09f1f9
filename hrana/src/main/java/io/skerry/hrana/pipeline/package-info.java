/// One pipeline from its decoded requests to its results: what it means on its stream, whether it runs here or on
/// another node, and running it.
@NullMarked
package io.skerry.hrana.pipeline;

import org.jspecify.annotations.NullMarked;
