/// How long what was learnt is kept: monthly partitions are made before they are needed and dropped
/// when their time is over.
@ApplicationModule(allowedDependencies = "core")
@NullMarked
package io.reelkeeper.retention;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
