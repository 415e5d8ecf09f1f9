/// The document that describes the Platform API (OpenAPI 3.1): what each operation takes, answers and refuses,
/// in classes by family, and [ApiDocument], which makes one document of them and of the routes that are served.
/// Knows nothing of how an operation is carried out.
@NullMarked
package io.skerry.platform.openapi;

import org.jspecify.annotations.NullMarked;
