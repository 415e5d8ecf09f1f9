/// The listeners of a node: which request is for the control plane, which for the data plane, and how
/// healthy the node is.
@NullMarked
package io.skerry.server.http;

import org.jspecify.annotations.NullMarked;
