/// Words that every package may use: ids, waits, file names, whose fault something is; no beans, no
// I/O.
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.reelkeeper.core;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
