/// Measures the service against the goals for its speed and memory: `mvn -Pbench verify`.
@NullMarked
package io.reelkeeper.bench;

import org.jspecify.annotations.NullMarked;
