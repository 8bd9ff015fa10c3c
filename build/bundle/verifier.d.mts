export declare const verifierEntry: string;
export declare const verifierFile: string;
export declare function bundleVerifier(folder?: string): Promise<void>;
