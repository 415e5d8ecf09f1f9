@NullMarked
package io.skerry.platform;

import org.jspecify.annotations.NullMarked;
