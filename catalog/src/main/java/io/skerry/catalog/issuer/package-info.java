/// Issuers of database tokens outside this platform, as organizations name them: where their keys are.
@NullMarked
package io.skerry.catalog.issuer;

import org.jspecify.annotations.NullMarked;
