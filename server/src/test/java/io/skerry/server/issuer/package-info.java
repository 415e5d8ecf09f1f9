@NullMarked
package io.skerry.server.issuer;

import org.jspecify.annotations.NullMarked;
