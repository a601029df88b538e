/// Words that every package may use: ids, waits, file names, figures that are shown; no beans and no
/// I/O.
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.reelkeeper.core;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
