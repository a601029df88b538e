/// Words that every package may use: ids, waits, file names, figures to show; no beans, no tables.
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.reelkeeper.core;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
