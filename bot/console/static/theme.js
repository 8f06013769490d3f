// Before anything is painted: the looks this browser has chosen.
"use strict";
for (const look of ["theme", "size"]) {
  const chosen = localStorage.getItem("nuanxin-" + look);
  if (chosen) document.documentElement.dataset[look] = chosen;
}
