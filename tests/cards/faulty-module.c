/*
 * A PKCS#11 module with one card that misbehaves as QORGAN_FAULT says, for the tests of what a vendor library can do to
 * the device host. It aborts as long as the file QORGAN_FAULT_WHILE is there. QORGAN_FAULT_CERTIFICATE names the DER file
 * of its one certificate. With QORGAN_SLOW it takes a second to be initialised.
 *
 * With QORGAN_TOKEN_COMMAND it plays a token that signs: the command is given the mechanism and the input in hexadecimal and prints the
 * signature so. QORGAN_TOKEN_MECHANISMS lists the mechanisms, QORGAN_TOKEN_KEY_TYPE is the type of the key, both in hexadecimal.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CK_PTR *
#define CK_DECLARE_FUNCTION(returnType, name) returnType name
#define CK_DECLARE_FUNCTION_POINTER(returnType, name) returnType(*name)
#define CK_CALLBACK_FUNCTION(returnType, name) returnType(*name)
#ifndef NULL_PTR
#define NULL_PTR 0
#endif
#include <pkcs11/pkcs11.h>

static CK_BYTE certificate[8192];
static CK_ULONG certificateLength;
static CK_OBJECT_CLASS searched;
static int isFound;
static CK_MECHANISM_TYPE begun;

static int fault(const char *name) {
  const char *chosen = getenv("QORGAN_FAULT");
  return chosen != NULL && strcmp(chosen, name) == 0;
}

static void misbehave(const char *where) {
  const char *broken = getenv("QORGAN_FAULT_WHILE");
  if (broken != NULL && access(broken, F_OK) == 0) abort();
  char name[64];
  snprintf(name, sizeof name, "abort-in-%s", where);
  if (fault(name)) abort();
  snprintf(name, sizeof name, "hang-in-%s", where);
  while (fault(name)) sleep(1);
}

static void fill(CK_UTF8CHAR *field, size_t width, const char *text) {
  memset(field, ' ', width);
  memcpy(field, text, strlen(text));
}

static CK_RV initialize(CK_VOID_PTR arguments) {
  const char *file = getenv("QORGAN_FAULT_CERTIFICATE");
  FILE *stream = file == NULL ? NULL : fopen(file, "rb");
  if (stream != NULL) {
    certificateLength = fread(certificate, 1, sizeof certificate, stream);
    fclose(stream);
  }
  (void)arguments;
  static int isInitialised;
  if (isInitialised) return CKR_CRYPTOKI_ALREADY_INITIALIZED;
  isInitialised = 1;
  if (getenv("QORGAN_SLOW") != NULL) sleep(1);
  misbehave("initialize");
  return CKR_OK;
}

static CK_RV moduleInfo(CK_INFO *info) {
  memset(info, 0, sizeof *info);
  fill(info->manufacturerID, sizeof info->manufacturerID, "test");
  fill(info->libraryDescription, sizeof info->libraryDescription, "test");
  return fault("nameless") ? CKR_FUNCTION_FAILED : CKR_OK;
}

static CK_RV slotList(CK_BBOOL present, CK_SLOT_ID *slots, CK_ULONG *count) {
  (void)present;
  misbehave("list");
  if (slots != NULL && *count > 0) slots[0] = 7;
  *count = 1;
  return CKR_OK;
}

static CK_RV slotInfo(CK_SLOT_ID slot, CK_SLOT_INFO *info) {
  (void)slot;
  memset(info, 0, sizeof *info);
  info->flags = CKF_TOKEN_PRESENT;
  return CKR_OK;
}

static CK_RV tokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO *info) {
  (void)slot;
  memset(info, 0, sizeof *info);
  fill(info->label, sizeof info->label, "faulty\033[31m\r\n");
  fill(info->manufacturerID, sizeof info->manufacturerID, "test");
  fill(info->model, sizeof info->model, "test");
  fill((CK_UTF8CHAR *)info->serialNumber, sizeof info->serialNumber, "1");
  info->flags = CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED | CKF_LOGIN_REQUIRED;
  if (fault("pad-cancelled") || fault("pad")) info->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
  info->ulMinPinLen = 4;
  info->ulMaxPinLen = 8;
  return CKR_OK;
}

static CK_RV mechanismList(CK_SLOT_ID slot, CK_MECHANISM_TYPE *list, CK_ULONG *count) {
  (void)slot;
  const char *named = getenv("QORGAN_TOKEN_MECHANISMS");
  if (named == NULL) named = "40"; /* CKM_SHA256_RSA_PKCS */
  CK_ULONG found = 0;
  while (*named != '\0') {
    char *end;
    CK_MECHANISM_TYPE one = strtoul(named, &end, 16);
    if (list != NULL && found < *count) list[found] = one;
    found += 1;
    named = *end == ',' ? end + 1 : end;
  }
  *count = found;
  return CKR_OK;
}

static CK_RV openSession(CK_SLOT_ID slot, CK_FLAGS flags, CK_VOID_PTR application, CK_NOTIFY notify, CK_SESSION_HANDLE *session) {
  (void)slot, (void)flags, (void)application, (void)notify;
  *session = 1;
  return fault("sessions-exhausted") ? CKR_SESSION_COUNT : CKR_OK;
}

static CK_RV closeSession(CK_SESSION_HANDLE session) {
  (void)session;
  return CKR_OK;
}

static CK_RV closeAllSessions(CK_SLOT_ID slot) {
  (void)slot;
  return CKR_OK;
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG length) {
  (void)session, (void)user, (void)pin;
  misbehave("login");
  if (fault("pad-cancelled")) return CKR_FUNCTION_CANCELED;
  if (fault("pad")) return length == 0 ? CKR_OK : CKR_ARGUMENTS_BAD;
  if (fault("pin-expired")) return CKR_PIN_EXPIRED;
  return CKR_OK;
}

static CK_RV logout(CK_SESSION_HANDLE session) {
  (void)session;
  return CKR_OK;
}

static CK_RV findInit(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count) {
  (void)session;
  searched = ~0UL;
  isFound = 0;
  for (CK_ULONG i = 0; i < count; i += 1)
    if (template[i].type == CKA_CLASS) memcpy(&searched, template[i].pValue, sizeof searched);
  return CKR_OK;
}

static CK_RV find(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *objects, CK_ULONG max, CK_ULONG *count) {
  (void)session, (void)max;
  *count = 0;
  if (fault("endless-list") || (!isFound && (searched == CKO_CERTIFICATE || searched == CKO_PRIVATE_KEY))) {
    isFound = 1;
    objects[0] = searched;
    *count = 1;
  }
  return CKR_OK;
}

static CK_RV findFinal(CK_SESSION_HANDLE session) {
  (void)session;
  return CKR_OK;
}

static CK_RV attribute(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *template, CK_ULONG count) {
  (void)session, (void)count;
  static CK_BYTE id[] = {1};
  static CK_KEY_TYPE keyType;
  const char *named = getenv("QORGAN_TOKEN_KEY_TYPE");
  const void *value = NULL;
  CK_ULONG length = 0;
  if (template->type == CKA_ID) value = id, length = sizeof id;
  if (template->type == CKA_VALUE && object == CKO_CERTIFICATE) value = certificate, length = certificateLength;
  if (template->type == CKA_KEY_TYPE && object == CKO_PRIVATE_KEY && named != NULL) {
    keyType = strtoul(named, NULL, 16);
    value = &keyType, length = sizeof keyType;
  }
  if (value == NULL) {
    template->ulValueLen = (CK_ULONG)-1;
    return CKR_ATTRIBUTE_TYPE_INVALID;
  }
  if (template->pValue != NULL) memcpy(template->pValue, value, length);
  template->ulValueLen = length;
  return CKR_OK;
}

static CK_RV signInit(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key) {
  (void)session, (void)key;
  begun = mechanism->mechanism;
  return CKR_OK;
}

static CK_RV signByCommand(const char *command, const CK_BYTE *data, CK_ULONG dataLength, CK_BYTE *signature, CK_ULONG *length) {
  static char line[16384];
  int at = snprintf(line, 4096, "%s %lx ", command, begun);
  for (CK_ULONG i = 0; i < dataLength && at + 3 < (int)sizeof line; i += 1) at += sprintf(line + at, "%02x", data[i]);
  FILE *answer = popen(line, "r");
  if (answer == NULL) return CKR_DEVICE_ERROR;
  CK_ULONG got = 0;
  unsigned octet;
  while (got < *length && fscanf(answer, "%2x", &octet) == 1) signature[got++] = (CK_BYTE)octet;
  *length = got;
  return pclose(answer) == 0 ? CKR_OK : CKR_DEVICE_ERROR;
}

static CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG dataLength, CK_BYTE *signature, CK_ULONG *length) {
  (void)session;
  misbehave("sign");
  const char *command = getenv("QORGAN_TOKEN_COMMAND");
  if (command != NULL) return signByCommand(command, data, dataLength, signature, length);
  memset(signature, 0x5a, 256);
  *length = 256;
  return CKR_OK;
}

static CK_RV waitForEvent(CK_FLAGS flags, CK_SLOT_ID *slot, CK_VOID_PTR reserved) {
  (void)flags, (void)slot, (void)reserved;
  misbehave("wait");
  return CKR_FUNCTION_NOT_SUPPORTED;
}

static CK_FUNCTION_LIST functions = {
    .version = {2, 40},
    .C_Initialize = initialize,
    .C_GetInfo = moduleInfo,
    .C_GetSlotList = slotList,
    .C_GetSlotInfo = slotInfo,
    .C_GetTokenInfo = tokenInfo,
    .C_GetMechanismList = mechanismList,
    .C_OpenSession = openSession,
    .C_CloseSession = closeSession,
    .C_CloseAllSessions = closeAllSessions,
    .C_Login = login,
    .C_Logout = logout,
    .C_FindObjectsInit = findInit,
    .C_FindObjects = find,
    .C_FindObjectsFinal = findFinal,
    .C_GetAttributeValue = attribute,
    .C_SignInit = signInit,
    .C_Sign = sign,
    .C_WaitForSlotEvent = waitForEvent,
};

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list) {
  *list = &functions;
  return CKR_OK;
}
