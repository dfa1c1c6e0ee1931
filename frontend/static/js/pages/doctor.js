// The page of the network doctor.

import "../elements/network-report.js";
