// Called by electron-builder: `false` tells it that the packages which ship are laid out already (build/package/stage.mjs).
exports.default = () => false;
