/// Where this service may call when somebody else names the address.
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.reelkeeper.outbound;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
