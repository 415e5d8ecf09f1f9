@NullMarked
package io.skerry.server;

import org.jspecify.annotations.NullMarked;
